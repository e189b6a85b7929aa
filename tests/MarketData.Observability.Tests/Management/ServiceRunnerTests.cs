using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;

namespace MarketData.Observability.Tests.Management;

/// <summary>How a service ends.</summary>
public sealed class ServiceRunnerTests
{
    [Fact]
    public async Task A_service_that_is_told_to_stop_succeeds()
    {
        var service = Service();
        service.Lifetime.ApplicationStarted.Register(service.Lifetime.StopApplication);

        (await service.RunServiceAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_service_that_ran_out_of_memory_stops_in_order_and_says_so_although_nobody_let_it_through()
    {
        var service = Service();
        var hasStopped = false;
        service.Lifetime.ApplicationStopped.Register(() => hasStopped = true);
        service.Lifetime.ApplicationStarted.Register(Exhaust);

        (await service.RunServiceAsync()).ShouldBe(ServiceRunner.OutOfMemory);
        hasStopped.ShouldBeTrue();

        static void Exhaust()
        {
            try
            {
                throw new InsufficientMemoryException();
            }
            catch (InsufficientMemoryException)
            {
                // As a library that takes it for an answer that did not come.
            }
        }
    }

    private static WebApplication Service()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }
}
