"""Consultations: their time box, who takes part and how, invitations, what was promised."""
