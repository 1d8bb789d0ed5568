"""Sites, fibres and equipment; topology files in and out."""
