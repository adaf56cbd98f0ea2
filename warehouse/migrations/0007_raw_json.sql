-- A body's JSON is read out of its bytes when somebody asks: select raw.body_json(body) ->> 'id' from raw.payloads.
-- Kept beside the bytes, it was four fifths of what a payload cost the server, and nothing read it (benchmarks/README.md).
create function raw.body_json(body bytea) returns jsonb language plpgsql immutable strict as $$
begin
    return convert_from(body, 'UTF8')::jsonb;
exception when data_exception or program_limit_exceeded or statement_too_complex then
    return null; -- HTML, XML, or what jsonb cannot hold (NUL, lone surrogates)
end $$;
comment on function raw.body_json(bytea) is 'The JSON of a payload''s bytes; null where they are none, or such as jsonb cannot hold.';

alter table raw.payloads drop column body_json;
