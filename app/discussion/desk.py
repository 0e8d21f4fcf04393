"""Pages of the facilitators' desk."""

from fastapi import APIRouter

router = APIRouter()
