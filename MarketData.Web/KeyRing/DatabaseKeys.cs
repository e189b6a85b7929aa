using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace MarketData.Web.KeyRing;

/// <summary>
/// Keeps the keys of sign-ins in the table <c>data_protection_keys</c>. A new key that finds another one stored since the keys were last read
/// is left out: pods that start together would else each make one of their own, and not know those of the others for a day.
/// </summary>
internal sealed class DatabaseKeys(NpgsqlDataSource database) : IXmlRepository
{
    private const string Read = "-- read data protection keys\nSELECT id, xml FROM data_protection_keys ORDER BY id";

    private const string Lock = "-- lock data protection keys\nLOCK TABLE data_protection_keys IN SHARE ROW EXCLUSIVE MODE";

    private const string Add = """
        -- add data protection key
        INSERT INTO data_protection_keys (friendly_name, xml)
        SELECT @name, @xml WHERE NOT EXISTS (SELECT FROM data_protection_keys WHERE id > @newest)
        """;

    private long _newest;

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand(Read);
        using var rows = command.ExecuteReader();
        var elements = new List<XElement>();
        var newest = 0L;
        while (rows.Read())
        {
            newest = rows.GetInt64(0);
            elements.Add(XElement.Parse(rows.GetString(1)));
        }

        Interlocked.Exchange(ref _newest, newest);
        return elements;
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        using var connection = database.OpenConnection();
        using var transaction = connection.BeginTransaction();
        using (var locking = new NpgsqlCommand(Lock, connection, transaction))
            locking.ExecuteNonQuery();
        using var adding = new NpgsqlCommand(Add, connection, transaction);
        adding.Parameters.AddWithValue("name", friendlyName);
        adding.Parameters.AddWithValue("xml", element.ToString(SaveOptions.DisableFormatting));
        // What revokes a key is stored whatever else was.
        adding.Parameters.AddWithValue("newest", element.Name.LocalName == "key" ? Interlocked.Read(ref _newest) : long.MaxValue);
        adding.ExecuteNonQuery();
        transaction.Commit();
    }
}
