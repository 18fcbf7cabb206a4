"""What people take away from a run: tables and files for their tools."""
