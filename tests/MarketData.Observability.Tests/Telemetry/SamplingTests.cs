using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;

namespace MarketData.Observability.Tests.Telemetry;

/// <summary>Which spans begin a trace in a service with the defaults.</summary>
public sealed class SamplingTests
{
    [Theory]
    [InlineData(ActivityKind.Server, null, true)]
    [InlineData(ActivityKind.Consumer, null, true)]
    [InlineData(ActivityKind.Internal, null, true)]
    [InlineData(ActivityKind.Client, null, false)]
    [InlineData(ActivityKind.Server, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData(ActivityKind.Server, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false)]
    public void A_statement_or_request_of_its_own_begins_none_and_a_caller_decides_for_both(ActivityKind kind, string? caller, bool isRecorded)
    {
        using var service = new Service();

        ActivityContext.TryParse(caller, null, isRemote: true, out var context);
        using var span = service.Source.StartActivity("first", kind, context);
        using var below = service.Source.StartActivity("second", ActivityKind.Client);

        // One that is not recorded is there all the same, to tell whom the service calls that nothing is.
        span.ShouldNotBeNull().Recorded.ShouldBe(isRecorded);
        (below?.Recorded ?? false).ShouldBe(isRecorded);
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("1", true)]
    [InlineData("much", true)]
    public void The_share_of_traces_to_record_can_be_set(string share, bool isRecorded)
    {
        using var service = new Service(("OTEL_TRACES_SAMPLER_ARG", share));

        using var span = service.Source.StartActivity("run", ActivityKind.Consumer);

        span.ShouldNotBeNull().Recorded.ShouldBe(isRecorded);
    }

    private sealed class Service : IDisposable
    {
        private readonly IHost _host;

        public Service(params (string Name, string Value)[] settings)
        {
            var builder = Host.CreateEmptyApplicationBuilder(new() { ApplicationName = Source.Name });
            builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value));
            // As Aspire sets it for what it starts.
            builder.Configuration.AddInMemoryCollection([new("OTEL_TRACES_SAMPLER", "always_on")]);
            builder.AddServiceDefaults();
            _host = builder.Build();
            _host.Services.GetRequiredService<TracerProvider>();
        }

        public ActivitySource Source { get; } = new($"sampled-{Guid.NewGuid():N}");

        public void Dispose()
        {
            _host.Dispose();
            Source.Dispose();
        }
    }
}
