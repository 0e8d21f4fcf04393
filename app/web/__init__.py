"""Tools for HTTP and HTML that every room's pages share."""
