"""The criteria over a whole registry: verdicts without sentences, in columns of whole numbers (numpy).

One patient with sentences is ``clinical.criteria``; this gives the same verdicts and categories for many.
What is not certain in whole numbers is handed to that path, so that the answers never differ. Import it when
it is needed: it is not on the way to the first screen.
"""
