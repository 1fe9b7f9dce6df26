"""What a picture shows, as plain values that screen and paper both draw."""
