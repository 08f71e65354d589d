"""People whom the host has put out of an item: for one sitting, or until they are let back."""
