-- The keys with which the dashboard's pods protect sign-ins and forms, as ASP.NET Core writes them. All pods share them, and they outlive each;
-- encrypted where Web:DataProtection:Certificate is set.
CREATE TABLE data_protection_keys (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    friendly_name text,
    xml           text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);
