namespace MarketData.Api.Errors;

/// <summary>Registers how errors are answered.</summary>
public static class ErrorSetup
{
    /// <summary>Adds the writer and the handler; to be called before anything that brings the framework's own writer.</summary>
    public static IServiceCollection AddErrors(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, JsonProblemWriter>();
        services.AddProblemDetails();
        services.AddExceptionHandler<ErrorHandler>();
        return services;
    }
}
