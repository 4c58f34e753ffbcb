"""The app with what surrounds it: `streamlit run server.py`. (`streamlit run app.py` works too; a visitor's key then stands in the address.)"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from components.ui.hosts import KnownHosts
from components.ui.server import Metrics, SecurityHeaders, SpokenIndex, VisitorCookie, healthz, stop_where_settings_are_wrong
from components.ui.state.uploads import UploadLimit, tidying

stop_where_settings_are_wrong()
app = st.App(
    Path(__file__).with_name("app.py"),
    routes=[Route("/healthz", healthz), Route("/healthz/ready", healthz)],
    middleware=[
        Middleware(KnownHosts),
        Middleware(Metrics),
        Middleware(SecurityHeaders),
        Middleware(SpokenIndex),
        Middleware(VisitorCookie),
        Middleware(UploadLimit),
    ],
    lifespan=tidying,
)
