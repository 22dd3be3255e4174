-- Posts a batch of transfers in one round trip.
--
-- 1. Each transfer is taken once, by its key; a key that is known takes no part in what follows.
--    Keys are taken in their order, so that two batches with the same ones never wait in a circle.
-- 2. The strict accounts are locked in the one order that every writer keeps (account id), and
--    only then the entries get their posting numbers: an account's entries are numbered in the
--    order in which its balance changed.
-- 3. Strict balances are updated in place (their floor and ceiling are CHECKs), folded accounts
--    only collect a delta: many writers, no shared row.
--
-- Answers one row for each transfer that was not new: 'known' (same digest) or 'conflict'.
CREATE OR REPLACE FUNCTION ledger_post(
  p_institution uuid,
  p_ids uuid[], p_keys text[], p_kinds text[], p_digests bytea[], p_ats timestamptz[],
  p_entry_ids uuid[], p_entry_transfers uuid[], p_debits uuid[], p_credits uuid[],
  p_amounts bigint[],
  p_strict uuid[]
) RETURNS TABLE (place bigint, outcome text) LANGUAGE plpgsql AS $$
DECLARE
  fresh uuid[];
  all_fresh boolean;
BEGIN
  WITH added AS (
    INSERT INTO ledger_transfer (institution_id, id, key, kind, digest, at, recorded_at)
    SELECT p_institution, t.id, t.key, t.kind, t.digest, t.at, now()
      FROM unnest(p_ids, p_keys, p_kinds, p_digests, p_ats) AS t(id, key, kind, digest, at)
     ORDER BY t.key COLLATE "C"
    ON CONFLICT (institution_id, key) DO NOTHING
    RETURNING id
  )
  SELECT coalesce(array_agg(id), '{}') INTO fresh FROM added;
  all_fresh := cardinality(fresh) = cardinality(p_ids);

  IF cardinality(fresh) > 0 THEN
    PERFORM 1 FROM ledger_balance
      WHERE institution_id = p_institution AND account_id = ANY (p_strict)
      ORDER BY account_id FOR UPDATE;

    WITH moved AS (
      SELECT e.* FROM unnest(p_entry_ids, p_entry_transfers, p_debits, p_credits, p_amounts)
             WITH ORDINALITY AS e(id, transfer_id, debit_id, credit_id, amount, place)
       WHERE all_fresh OR e.transfer_id IN (SELECT unnest(fresh))
       ORDER BY e.place
    ), written AS (
      INSERT INTO ledger_entry
             (institution_id, id, transfer_id, debit_id, credit_id, amount, posting)
      SELECT p_institution, m.id, m.transfer_id, m.debit_id, m.credit_id, m.amount,
             nextval('ledger_posting')
        FROM moved m
    ), net AS (
      SELECT account_id, sum(change)::bigint AS change
        FROM (SELECT debit_id AS account_id, -amount AS change FROM moved
              UNION ALL SELECT credit_id, amount FROM moved) AS m
       GROUP BY account_id
    ), strict AS (
      UPDATE ledger_balance b SET posted = b.posted + n.change
        FROM net n JOIN unnest(p_strict) AS s(account_id) USING (account_id)
       WHERE b.institution_id = p_institution AND b.account_id = n.account_id AND n.change <> 0
    )
    INSERT INTO ledger_delta (institution_id, id, account_id, amount)
    SELECT p_institution, gen_random_uuid(), n.account_id, n.change
      FROM net n
     WHERE n.change <> 0 AND n.account_id NOT IN (SELECT unnest(p_strict));
  END IF;

  IF NOT all_fresh THEN
    RETURN QUERY
      SELECT k.place, CASE WHEN t.digest = k.digest THEN 'known' ELSE 'conflict' END
        FROM unnest(p_ids, p_keys, p_digests) WITH ORDINALITY AS k(id, key, digest, place)
        JOIN ledger_transfer t ON t.institution_id = p_institution AND t.key = k.key
       WHERE t.id <> k.id;
  END IF;
END $$;
