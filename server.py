"""The app with what surrounds it: `streamlit run server.py`. (`streamlit run app.py` works too; a visitor's key then stands in the address.)"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from components.ui.server import SecurityHeaders, VisitorCookie, healthz
from components.ui.state.uploads import UploadLimit, tidying

app = st.App(
    Path(__file__).with_name("app.py"),
    routes=[Route("/healthz", healthz)],
    middleware=[Middleware(SecurityHeaders), Middleware(VisitorCookie), Middleware(UploadLimit)],
    lifespan=tidying,
)
