"""Ways to hand a text over. Only providers/twilio.py knows Twilio."""
