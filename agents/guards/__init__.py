"""What may not pass: on the question, in the model's instructions, on each sentence of the answer."""
