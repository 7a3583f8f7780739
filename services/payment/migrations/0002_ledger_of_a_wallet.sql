-- What moved in one wallet, newest first. A movement has one wallet, so it is in one of the two.
create index ledger_out_of_wallet on ledger (debit_account, created_at desc, movement_id desc)
  where debit_account like 'wallet:%';
create index ledger_into_wallet on ledger (credit_account, created_at desc, movement_id desc)
  where credit_account like 'wallet:%';
