// What Datasette's pages say in scripts of their own; scripts inside pages are not run here.
DATASETTE_ALLOW_FACET = true;
