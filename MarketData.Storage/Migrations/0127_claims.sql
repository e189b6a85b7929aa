-- What a node calls the claim that it asks for, so that it knows a job as its own whose claim was made and whose answer was lost.
ALTER TABLE enrichment_jobs ADD COLUMN claim uuid;
