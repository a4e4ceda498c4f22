"""Sound as it is spoken: numbered pieces over a WebSocket, on disk before they are acknowledged."""
