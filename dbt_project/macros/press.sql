{#- For whom an item of the press speaks: its author, or where none is told, as of most media, its site, whichever platform it was read on. -#}
{% macro press_key() -%}
    case when author_id is not null then author_key else coalesce(nullif(site, ''), platform) end
{%- endmacro %}
