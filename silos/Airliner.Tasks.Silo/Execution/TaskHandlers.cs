using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Grains.Handlers.DataExport;
using Airliner.Tasks.Grains.Handlers.DataProcessing;
using Airliner.Tasks.Grains.Handlers.FileUpload;
using Airliner.Tasks.Grains.Handlers.ImageProcessing;
using Airliner.Tasks.Grains.Handlers.ReportGeneration;
using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>The handlers of this silo, and what each may use.</summary>
internal static class TaskHandlers
{
    public static IServiceCollection AddTaskHandlers(this IServiceCollection services, IConfiguration configuration) => services
        .Configure<RowOptions>(configuration.GetSection("Tasks:Rows"))
        .Configure<ImageProcessingOptions>(configuration.GetSection("Tasks:Images"))
        .AddSingleton<ITaskHandler, DataProcessingHandler>()
        .AddSingleton(configuration.GetSection("Tasks:FileUpload").Get<FileUploadOptions>() ?? new())
        .AddSingleton<IRemoteFiles, RemoteFiles>()
        .AddSingleton<ITaskHandler, FileUploadHandler>()
        .AddSingleton<ITaskHandler, DataExportHandler>()
        .AddSingleton<ITaskHandler, ReportGenerationHandler>()
        .AddSingleton<ITaskHandler, ImageProcessingHandler>();
}
