using System.ComponentModel.DataAnnotations;
using MarketData.Storage.Notifications;
using MarketData.Testing;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Tests.Notifications;

/// <summary>Whoever reads the table of receivers can't post in our name, and keys are changed without a message lost.</summary>
public sealed class ReceiverKeyTests(PostgresServer server) : NotificationTestBase(server)
{
    private const string Address = "https://hooks.example.com/services/T0/B0/ünïque";
    private static readonly string First = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private static readonly string Second = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)(255 - i))]);

    [Fact]
    public async Task Stored_is_neither_address_nor_secret_and_read_are_both()
    {
        var store = Store(First);
        var made = (await store.CreateAsync(new("hook", ReceiverKinds.Webhook, Address, null, IsEnabled: true), "test", Cancellation)).ShouldNotBeNull();
        (made.Address, made.Secret![..6], made.IsReadable).ShouldBe((Address, "whsec_", true));
        var stored = await StoredAsync();
        stored.ShouldNotContain("hooks.example.com");
        stored.ShouldNotContain("whsec_");
        (await store.ReadAsync(made.Id, Cancellation)).ShouldBe(made);

        var renewed = (await store.RenewSecretAsync(made.Id, "test", Cancellation)).ShouldNotBeNull();
        renewed.Secret.ShouldNotBe(made.Secret);
        var changed = (await store.ChangeAsync(made.Id, new("hook", ReceiverKinds.Webhook, Address + "/2", null, IsEnabled: true), "test", Cancellation))
            .ShouldNotBeNull();
        (changed.Address, changed.Secret).ShouldBe((Address + "/2", renewed.Secret));
        (await StoredAsync()).ShouldNotContain("example.com");
        (await store.DeleteAsync(made.Id, Cancellation)).ShouldNotBeNull().Address.ShouldBe(Address + "/2");
    }

    [Fact]
    public async Task A_key_that_is_set_later_or_changed_encrypts_what_is_there()
    {
        var plain = await ReceiverAsync("hook", ReceiverKinds.Webhook, Address);
        await ReceiverAsync("mail", ReceiverKinds.Email, null, "desk@example.com");
        (await Receivers.EncryptAsync(Cancellation)).ShouldBe(0);
        (await StoredAsync()).ShouldContain(Address);

        (await Store(First).EncryptAsync(Cancellation)).ShouldBe(1);
        (await Store(First).EncryptAsync(Cancellation)).ShouldBe(0);
        (await StoredAsync()).ShouldNotContain(Address);
        var changing = Store(Second, First);
        (await changing.ReadAsync(plain.Id, Cancellation)).ShouldNotBeNull().Secret.ShouldBe(plain.Secret);
        (await changing.EncryptAsync(Cancellation)).ShouldBe(1);
        var read = (await Store(Second).ReadAsync(plain.Id, Cancellation)).ShouldNotBeNull();
        (read.Address, read.Secret).ShouldBe((plain.Address, plain.Secret));
    }

    [Fact]
    public async Task Without_its_key_a_receiver_is_listed_and_waits_and_nothing_of_it_is_overwritten()
    {
        var made = (await Store(First).CreateAsync(new("hook", ReceiverKinds.Webhook, Address, null, IsEnabled: true), "test", Cancellation)).ShouldNotBeNull();
        await new OutboxStore(Database, Cipher, TimeProvider.System).TestAsync(made.Id, new("Test", "Text"), Cancellation);
        foreach (var other in new[] { Store(Second), Receivers })
        {
            var listed = (await other.ReadAllAsync(Cancellation)).ShouldHaveSingleItem();
            (listed.Name, listed.Address, listed.Secret, listed.IsReadable).ShouldBe(("hook", null, null, false));
            (await other.EncryptAsync(Cancellation)).ShouldBe(0);
        }

        (await Outbox.ClaimAsync("node-1", 1, LongTime, Cancellation)).ShouldHaveSingleItem().IsReadable.ShouldBeFalse();
        // Somebody who changes the table does not have messages go elsewhere.
        await ExecuteAsync("UPDATE notification_receivers SET address = left(address, -8) || 'AAAAAAA='");
        (await Store(First).ReadAsync(made.Id, Cancellation)).ShouldNotBeNull().IsReadable.ShouldBeFalse();
    }

    [Theory]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("not base64 of any kind, though it is long enough to be one!")]
    public void What_is_no_key_is_refused_by_its_setting(string key)
    {
        var options = new ReceiverKeyOptions { SecretKey = key };
        options.Validate(new ValidationContext(options)).ShouldHaveSingleItem().MemberNames.ShouldBe([nameof(ReceiverKeyOptions.SecretKey)]);
        options = new ReceiverKeyOptions { OldSecretKeys = { First, key } };
        options.Validate(new ValidationContext(options)).ShouldHaveSingleItem().MemberNames.ShouldBe([nameof(ReceiverKeyOptions.OldSecretKeys)]);
    }

    private ReceiverStore Store(string key, params string[] old)
    {
        var options = new ReceiverKeyOptions { SecretKey = key };
        foreach (var one in old)
            options.OldSecretKeys.Add(one);
        return new(Database, new ReceiverCipher(Options.Create(options)));
    }

    private async Task<string> StoredAsync()
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return (await Dapper.SqlMapper.ExecuteScalarAsync<string>(connection, "SELECT string_agg(r::text, ' ') FROM notification_receivers r"))!;
    }
}
