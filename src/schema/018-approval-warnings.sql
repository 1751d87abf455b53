-- What who asked should know of the capture that was started for them: a JSON list of sentences.
ALTER TABLE requests ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';
