"""Addresses of coming back, of leaving, and of facilitators' sign-in."""

RETURN = "/return"
LEAVE = "/leave"
LEFT = "/left"
SIGN_IN = "/facilitate/sign-in"
SIGN_OUT = "/facilitate/sign-out"
SIGN_OUT_ELSEWHERE = "/facilitate/sign-out-elsewhere"
PASSWORD = "/facilitate/password"  # noqa: S105 - an address
ACTS = "/facilitate/acts"
DESK = "/facilitate"
