"""What routes ask for, by name: each alias is a resource that is opened for the request and closed after it.

`scope="function"` closes the session before the answer is sent, so a slow reader never holds a connection.
"""

from typing import Annotated

import redis
import requests
from fastapi import Depends, Path
from sqlalchemy.orm import Session

from worker.resources import get_db, get_http, get_redis
from worker.settings import Settings, get_settings

DbSession = Annotated[Session, Depends(get_db, scope="function")]
RedisClient = Annotated[redis.Redis, Depends(get_redis, scope="function")]
HttpSession = Annotated[requests.Session, Depends(get_http, scope="function")]
CurrentSettings = Annotated[Settings, Depends(get_settings)]
Id = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]
