{#-
What a partial build rebuilds. A partial build (var partial, set by warehouse/dbt.py) looks only at what changed since the last one:
marts_changes.mentions holds the mentions that the warehouse's triggers named, marts_changes.<model> the keys (meta.changes) of the
rows that a model removed or added since. Each scope below is the condition on a model's own rows; its inputs are narrowed alike.
-#}
