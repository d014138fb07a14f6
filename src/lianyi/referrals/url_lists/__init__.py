"""The addresses of the referral pages by subject; each module holds ``patterns``."""
