-- A search may be of several rings, named in captures.ring as --ring takes them: dmz,lan. No name of a ring has a comma.

-- The ring that a file is in; null where one ring was searched, which is then the capture's.
ALTER TABLE coverage ADD COLUMN ring TEXT;

-- What each ring held, in a JSON list. It was one ring's alone before.
UPDATE captures SET ring_span = json_array(json_insert(ring_span, '$.ring', ring, '$.behindTags', json(iif(expanded IS NULL, 'false', 'true'))))
WHERE json_type(ring_span) = 'object';
