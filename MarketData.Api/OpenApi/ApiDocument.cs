using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace MarketData.Api.OpenApi;

/// <summary>The OpenAPI document as it is answered. It is the same for everybody and as long as the service runs, and takes long to make.</summary>
public sealed class ApiDocument([FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider description)
{
    /// <summary>The document's name.</summary>
    public const string Name = "v1";

    private readonly Lock _gate = new();
    private Task<(byte[] Text, EntityTagHeaderValue Tag)>? _made;

    /// <summary>The document as JSON, with a tag that another build's has not; made for whoever asks first.</summary>
    public Task<(byte[] Text, EntityTagHeaderValue Tag)> ReadAsync()
    {
        lock (_gate)
        {
            if (_made is null or { IsFaulted: true } or { IsCanceled: true })
                _made = Task.Run(MakeAsync);
            return _made;
        }
    }

    // Not cancelled with the request that it is made for: others wait for it, too.
    private async Task<(byte[] Text, EntityTagHeaderValue Tag)> MakeAsync()
    {
        var document = await description.GetOpenApiDocumentAsync(CancellationToken.None);
        var text = new MemoryStream();
        await document.SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        var bytes = text.ToArray();
        return (bytes, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"", isWeak: true));
    }
}
