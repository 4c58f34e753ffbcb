"""For teachers: plans, a lesson in one link, answers, a handout."""
