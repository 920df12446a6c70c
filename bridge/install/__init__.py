"""What of the product lives in a DAW's own folders, and how it gets there."""
