"""Where runs are kept: checkpoints, what they did outside, what they asked. Their words are in the timeline."""
