"""What ``ctdild bench`` measures and on what: an invented registry, timed figures, and bare floors."""
