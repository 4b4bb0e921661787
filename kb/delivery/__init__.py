"""What customers wrote, on its way to the people of the store: by webhook or by e-mail, as often as it takes."""
