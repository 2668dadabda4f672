"""A pack: a folder of knowledge tables with a name, a version and a licence. The shipped tables are one."""
