"""Where things lie in a checkout."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
SERVICES = ROOT / ".venv"
BOT = ROOT / ".venv-bot"
WEB = ROOT / "web"
MODEL = ROOT / "models" / "shouhou.tar.gz"
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
LOGS = VAR / "log"
