CREATE TABLE IF NOT EXISTS accounts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE,
  password text NOT NULL
);
CREATE TABLE IF NOT EXISTS usage (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts,
  metric text NOT NULL,
  amount integer NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS usage_account ON usage (account_id);
CREATE TABLE IF NOT EXISTS plans (name text PRIMARY KEY, price integer NOT NULL, included integer NOT NULL);
INSERT INTO plans VALUES ('starter', 0, 1000), ('team', 29, 50000), ('company', 199, 1000000) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS health_history (
  at timestamptz NOT NULL DEFAULT now(),
  instance text NOT NULL,
  version text NOT NULL,
  status text NOT NULL,
  checks jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS health_history_at ON health_history (at);
