package dev.sluice.lake.s3;

import dev.sluice.aws.AwsClients;
import dev.sluice.aws.AwsSettings;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.testing.ObjectStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

/** The functions' object store over the local S3 does what it does over a map in memory. */
class FunctionsObjectStoreIT extends ObjectStoreContract {
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));

  @TempDir Path folder;
  private S3Server server;
  private AwsClients clients;
  private ObjectStore store;
  private S3Client uploader;

  @BeforeEach
  void start() throws IOException {
    server = S3Server.start(folder);
    clients =
        new AwsClients(new AwsSettings(Region.US_EAST_1, Optional.of(server.url())), CREDENTIALS);
    store = clients.objects();
    uploader =
        S3Client.builder()
            .endpointOverride(server.url())
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(CREDENTIALS)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    uploader.createBucket(b -> b.bucket(bucket()));
    uploader.createBucket(b -> b.bucket(versionedBucket()));
    uploader.putBucketVersioning(b ->
        b.bucket(versionedBucket())
            .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
  }

  @AfterEach
  void stop() {
    uploader.close();
    clients.close();
    server.close();
  }

  @Override
  protected ObjectStore store() {
    return store;
  }

  @Override
  protected String bucket() {
    return "plain-bucket";
  }

  @Override
  protected String versionedBucket() {
    return "versioned-bucket";
  }

  @Override
  protected void upload(ObjectName name, byte[] bytes) {
    uploader.putObject(b -> b.bucket(name.bucket()).key(name.key()), RequestBody.fromBytes(bytes));
  }
}
