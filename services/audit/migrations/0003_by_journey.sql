-- To find a journey by its correlation, what an event led to by its causation, and all that happened to a product or a user.
create index events_of_correlation on events (correlation_id, sequence);
create index events_of_causation on events (causation_id) where causation_id is not null;
create index events_of_aggregate on events (subject, sequence);
