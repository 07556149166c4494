"""Ready-made workflows: a folder each, with its workflow.yaml, prompts, knowledge and README."""
