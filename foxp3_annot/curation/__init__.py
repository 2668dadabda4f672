"""Work on knowledge tables: check them, complete them, compare versions, start a pack, propose rows."""
