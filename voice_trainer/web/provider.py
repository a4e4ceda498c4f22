"""Signing in through the company's own provider (OpenID Connect), with Authlib.

The flow's state, nonce and PKCE verifier lie in a signed cookie of ten minutes. Its key follows from the
client's secret, so that every web process of one server can read it and nothing more has to be set up.
"""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response

from voice_trainer.errors import AccessError
from voice_trainer.settings import Settings

FLOW_S = 600
_DISCOVERY = ".well-known/openid-configuration"


class Provider:
    """One provider, found by its issuer's address."""

    def __init__(self, *, name: str, issuer: str, client_id: str, client_secret: str) -> None:
        # Loaded only where a provider is set: it takes long to import and warns of its own next version.
        from authlib.integrations.starlette_client import OAuth

        self.name = name
        self._oauth = OAuth()
        self._oauth.register(
            "company",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer.rstrip('/')}/{_DISCOVERY}",
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256"},
        )
        self._key = hashlib.sha256(b"voice-trainer sign-in flow\0" + client_secret.encode()).hexdigest()

    def install(self, app: Starlette, *, secure: bool) -> None:
        """Give the flow its cookie."""
        app.add_middleware(
            SessionMiddleware,
            secret_key=self._key,
            session_cookie="voice-trainer-flow",
            max_age=FLOW_S,
            same_site="lax",  # the provider sends the browser back: a strict cookie would stay behind
            https_only=secure,
        )

    async def start(self, request: Request, *, back_to: str, then: str) -> Response:
        """Send the browser to the provider; raises `AccessError` ``provider_unreachable``."""
        request.session["then"] = then
        try:
            response: Response = await self._oauth.company.authorize_redirect(request, back_to)
        except Exception as error:  # whatever the network and the provider's metadata can come up with
            raise _unreachable(self.name, error) from error
        return response

    async def finish(self, request: Request) -> tuple[str, str]:
        """The verified e-mail address, and the page that was wanted.

        Raises
        ------
        AccessError
            ``provider_refused`` where the provider said no, the flow was tampered with or ran out, or the
            address is not verified there.
        """
        from authlib.integrations.starlette_client import OAuthError

        then = str(request.session.pop("then", "/"))
        try:
            token: dict[str, Any] = await self._oauth.company.authorize_access_token(request)
        except OAuthError as error:
            raise _refused(self.name, error.description or error.error) from error
        except Exception as error:  # a broken id token, keys that do not fit, a network that is gone
            raise _unreachable(self.name, error) from error
        claims = token.get("userinfo") or {}
        address = claims.get("email")
        if not isinstance(address, str) or claims.get("email_verified") is False:
            raise _refused(self.name, "it vouches for no e-mail address")
        return address, then


def provider_of(settings: Settings) -> Provider | None:
    """The provider of the settings; None where there is none."""
    if not settings.oidc_issuer:
        return None
    return Provider(
        name=settings.oidc_name,
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
    )


def _refused(name: str, why: str) -> AccessError:
    return AccessError(
        "provider_refused", f"{name} did not sign you in: {why}.", remedy="Start again from the sign-in page."
    )


def _unreachable(name: str, error: Exception) -> AccessError:
    return AccessError(
        "provider_unreachable",
        f"Signing in through {name} failed ({type(error).__name__}: {error}).",
        remedy="Try again; if it goes on, sign in with a password or tell whoever looks after this server.",
    )
