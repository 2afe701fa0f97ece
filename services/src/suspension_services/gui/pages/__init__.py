"""The pages, and the components that they are made of. Only this package and `web` know NiceGUI."""
