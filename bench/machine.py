"""What the machine is that figures were taken on; without it they mean nothing."""

import os
import platform
import sqlite3
from pathlib import Path
from typing import Any


def facts(folder: Path) -> dict[str, Any]:
    """Return what matters of this machine for work that keeps its data in `folder`."""
    return {
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "filesystem": _filesystem(folder),
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def _processor() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or None
    return next((line.partition(":")[2].strip() for line in lines if "model name" in line), None)


def _filesystem(folder: Path) -> str | None:
    """Return the kind of file system of a folder: on `tmpfs` a commit waits for no disk."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return None
    real = folder.resolve()
    holding = [
        (len(place), kind)
        for _, place, kind, *_ in mounts
        if real.is_relative_to(place.replace("\\040", " "))
    ]
    return max(holding)[1] if holding else None
