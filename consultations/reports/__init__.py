"""What consultations lay into documents made from data: the package for an authority."""
