-- How far each durable consumer has come in its stream, for when the servers forget it. `consumer_created` tells a consumer
-- that was made anew, over a stream whose sequences may have begun again, from the one this row is about.
create table messaging.ack_floor (
  consumer text primary key,
  consumer_created text not null,
  stream_seq bigint not null
);
