using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MarketData.Storage.Notifications;

namespace MarketData.Enrichment.Notifications;

/// <summary>
/// Posts JSON, signed as the Standard Webhooks specification has it (standardwebhooks.com), so that its libraries check what comes.
/// </summary>
public sealed class WebhookSender(ReceiverClient client, MessageWords words, TimeProvider time) : IMessageSender
{
    private const string SecretPrefix = "whsec_";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <inheritdoc/>
    public string Kind => ReceiverKinds.Webhook;

    /// <inheritdoc/>
    public async Task SendAsync(ClaimedDelivery delivery, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var id = string.Create(CultureInfo.InvariantCulture, $"msg_{delivery.Id}");
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                Id = id,
                delivery.Status,
                delivery.Occasion,
                delivery.Rule,
                delivery.Title,
                Text = delivery.Body,
                Subjects = JsonSerializer.Deserialize<JsonElement>(delivery.Subjects),
                delivery.Total,
                delivery.CreatedAt,
                DashboardUrl = words.LinkOf(delivery.Occasion),
            },
            Json);
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var headers = new Dictionary<string, string>
        {
            ["webhook-id"] = id,
            ["webhook-timestamp"] = timestamp,
            ["webhook-signature"] = Signature(delivery.Secret!, id, timestamp, body),
        };
        await client.PostAsync(delivery.Address!, content, headers, cancellation);
    }

    /// <summary>The signature of a message.</summary>
    /// <param name="secret">The receiver's secret, <c>whsec_</c> and base64.</param>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>.</param>
    /// <param name="body">The body, byte for byte.</param>
    public static string Signature(string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(secret);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var key = Convert.FromBase64String(secret[SecretPrefix.Length..]);
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}";
    }
}
