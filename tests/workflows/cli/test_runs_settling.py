"""`antiphon runs settle`: a call of which nobody knows whether it took place."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from .conftest import FUNCTIONS

Call = Callable[..., Any]
