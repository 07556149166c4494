"""What a sentence mentions: times of day, days, lengths of time, money and quotations, in English and Chinese."""
