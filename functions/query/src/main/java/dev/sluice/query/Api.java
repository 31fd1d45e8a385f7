package dev.sluice.query;

import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.dataset.Similar;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.query.QueryParameter;
import dev.sluice.model.query.QueryRun;
import dev.sluice.model.query.ResultPage;
import dev.sluice.model.registry.HttpApiSpec;
import dev.sluice.query.Problem.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is answered at which address. */
final class Api {
  private static final String PAGE = "page.html";

  private final NamedQueries queries;
  private final Runs runs;
  private final boolean sql;
  private final long scanLimit;
  private final Clock clock;
  private final ReadOnly readOnly = new ReadOnly(Catalog.refined());
  private final Set<String> passed = ConcurrentHashMap.newKeySet();
  private final List<Bound> routes;
  private final String page = resource(PAGE);
  private final String pagePolicy = policy(page);

  /**
   * @param sql whether statements of callers are run
   * @param scanLimit the most bytes that a call may read
   */
  Api(NamedQueries queries, Runs runs, boolean sql, long scanLimit, Clock clock) {
    this.queries = queries;
    this.runs = runs;
    this.sql = sql;
    this.scanLimit = scanLimit;
    this.clock = clock;
    routes =
        List.of(
            new Bound(Routes.PAGE, this::page),
            new Bound(Routes.OPENAPI, this::openApi),
            new Bound(Routes.QUERIES, this::list),
            new Bound(Routes.QUERY, this::describe),
            new Bound(Routes.RUN_QUERY, this::runNamed),
            new Bound(Routes.RUN_SQL, this::runSql),
            new Bound(Routes.RUN, this::run),
            new Bound(Routes.RESULTS, this::results),
            new Bound(Routes.CANCEL, this::cancel));
  }

  /**
   * A request to a route.
   *
   * @param path the values of the names in the route's path
   * @param id tells this request from all others
   * @param until when it is to be answered at the latest
   */
  private record Call(HttpRequest request, Map<String, String> path, String id, Instant until) {
    String at(String name) {
      return Objects.requireNonNull(path.get(name), name);
    }
  }

  private record Bound(HttpApiSpec.Route route, Function<Call, HttpResponse> answer) {}

  /** Has the parser read a statement, the first of which takes longest. */
  void warmUp() {
    NamedQuery query = queries.all().iterator().next();
    readOnly.check(query.positionalSql(), database(query));
  }

  /** The keys of all routes. */
  List<String> routes() {
    return routes.stream().map(bound -> bound.route().key()).toList();
  }

  /** The route of that request; empty when there is none. */
  Optional<HttpApiSpec.Route> route(HttpRequest request) {
    return routes.stream()
        .map(Bound::route)
        .filter(route ->
            route.method().equals(request.method()) && Routes.match(route, request).isPresent())
        .findFirst();
  }

  /**
   * Answers.
   *
   * @param id tells this request from all others
   * @param until when it is to be answered at the latest
   * @throws ProblemException instead of an answer
   * @throws SluiceException as {@link dev.sluice.model.query.QueryRuns} does
   */
  HttpResponse answer(HttpRequest request, String id, Instant until) {
    Set<String> methods = new TreeSet<>();
    for (Bound bound : routes) {
      Optional<Map<String, String>> path = Routes.match(bound.route(), request);
      if (path.isPresent()) {
        if (bound.route().method().equals(request.method())) {
          return bound.answer().apply(new Call(request, path.get(), id, until));
        }
        methods.add(bound.route().method());
      }
    }
    if (methods.isEmpty()) {
      throw Problem.of(
              Kind.UNKNOWN_ROUTE,
              "Cannot answer: there is nothing at this address",
              "See openapi.json for what there is, or open the API's root in a browser.")
          .thrown();
    }
    return HttpResponse.of(
            Problem.of(
                Kind.METHOD_NOT_ALLOWED,
                "Cannot answer: this address takes " + String.join(", ", methods),
                "See openapi.json for what there is."))
        .with("allow", String.join(", ", methods));
  }

  // What does not ask Athena.

  private HttpResponse page(Call call) {
    return HttpResponse.of(200, HttpResponse.HTML, page)
        .with("content-security-policy", pagePolicy);
  }

  private HttpResponse openApi(Call call) {
    return HttpResponse.json(200, OpenApi.document(queries.all(), sql, scanLimit));
  }

  private HttpResponse list(Call call) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("queries", queries.all().stream().map(query -> summary(query)).toList());
    json.put("sql", sql);
    json.put("maxScanBytes", scanLimit);
    return HttpResponse.json(200, json);
  }

  private HttpResponse describe(Call call) {
    NamedQuery query = named(call);
    Map<String, @Nullable Object> json = summary(query);
    json.put("sql", query.sql());
    return HttpResponse.json(200, json);
  }

  private static Map<String, @Nullable Object> summary(NamedQuery query) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", query.name());
    json.put("title", query.title());
    json.put("question", query.question());
    json.put("description", query.description());
    List<Map<String, @Nullable Object>> parameters = new ArrayList<>();
    for (QueryParameter parameter : query.parameters()) {
      Map<String, @Nullable Object> each = new LinkedHashMap<>();
      each.put("name", parameter.name());
      each.put("type", parameter.type().name().toLowerCase(Locale.ROOT));
      each.put("accepts", parameter.type().accepts());
      each.put("default", parameter.defaultValue());
      each.put("description", parameter.description());
      parameters.add(each);
    }
    json.put("parameters", parameters);
    return json;
  }

  private NamedQuery named(Call call) {
    String name = call.at("dataset") + "/" + call.at("name");
    List<String> known = queries.all().stream().map(NamedQuery::name).toList();
    if (!known.contains(name)) {
      throw Problem.of(
              Kind.UNKNOWN_QUERY,
              "Cannot find the query " + Texts.shortened(name, 130),
              "See the queries there are at "
                  + call.request().relative("queries")
                  + "; "
                  + Similar.wayOut(Texts.shortened(name, 130), known))
          .thrown();
    }
    return queries.get(name);
  }

  // Runs.

  private HttpResponse runNamed(Call call) {
    Form form = Form.of(call.request());
    NamedQuery query = named(call);
    Body body = Body.of(call.request());
    body.know(Body.OPTIONS);
    Body.Options options = body.options(scanLimit);
    Map<String, String> values = body.values();
    body.check();
    List<String> literals = literals(query, values);
    String database = database(query);
    if (!passed.contains(query.name())) {
      // Declared ones change with deployments only.
      require(readOnly.check(query.positionalSql(), database), literals);
      passed.add(query.name());
    }
    Label label = new Label(Optional.of(query.name()), options.maxScanBytes());
    return start(call, form, label, query.positionalSql(), literals, database, options);
  }

  private HttpResponse runSql(Call call) {
    if (!sql) {
      throw Problem.of(
              Kind.NOT_ALLOWED,
              "Cannot run the statement: this deployment runs declared queries only",
              "Take one of the declared queries, or have SLUICE_QUERY_SQL set to true.")
          .thrown();
    }
    Form form = Form.of(call.request());
    Body body = Body.of(call.request());
    List<String> names = new ArrayList<>(List.of("sql", "database"));
    names.addAll(Body.OPTIONS);
    body.know(names);
    Body.Options options = body.options(scanLimit);
    String statement = body.sql();
    String database = body.oneOf("database", Catalog.refined(), Catalog.SILVER);
    List<QueryParameter> parameters = body.typed();
    body.check();
    NamedQuery query = new NamedQuery("sql/statement", "", "", "", parameters, statement);
    if (!query.undeclared().isEmpty()) {
      throw Problem.of(
              Kind.INVALID_PARAMETER,
              "Cannot run the statement: it uses parameters that are not given: "
                  + Texts.shortened(String.join(", ", query.undeclared()), 200),
              "Give each :name of the statement a type and a value in parameters.")
          .thrown();
    }
    String positional = query.positionalSql();
    List<String> literals = literals(query, Map.of());
    require(readOnly.check(positional, database), literals);
    Label label = new Label(Optional.empty(), options.maxScanBytes());
    return start(call, form, label, positional, literals, database, options);
  }

  /** {@code ?} of the statement itself would shift all values. */
  private static void require(ReadOnly.Reads reads, List<String> literals) {
    if (reads.parameters() != literals.size()) {
      throw Problem.of(
              Kind.INVALID_PARAMETER,
              "Cannot run the statement: it has "
                  + reads.parameters()
                  + " parameters, and "
                  + literals.size()
                  + " are given",
              "Write parameters as :name instead of ?, and give each a type and a value.")
          .thrown();
    }
  }

  private static List<String> literals(NamedQuery query, Map<String, String> values) {
    try {
      return query.literals(values);
    } catch (SluiceException e) {
      throw Problem.of(
              Kind.INVALID_PARAMETER,
              Texts.shortened(String.valueOf(e.getMessage()), 1_000),
              "See the query's parameters and their types.")
          .thrown();
    }
  }

  private static String database(NamedQuery query) {
    return query.group().equals(NamedQueries.OPS) ? Catalog.OPS : Catalog.SILVER;
  }

  private HttpResponse start(
      Call call,
      Form form,
      Label label,
      String statement,
      List<String> literals,
      String database,
      Body.Options options) {
    String token =
        digest(
            call.request().caller().orElse(""),
            call.request().path(),
            call.request().header("idempotency-key").orElse("\0" + call.id()));
    String id = runs.start(label, statement, literals, database, token, options.reuse());
    Instant until = clock.instant().plus(options.patience());
    Runs.Labelled run = runs.await(id, until.isBefore(call.until()) ? until : call.until());
    if (run.run().state() == QueryRun.State.SUCCEEDED && run.problem().isEmpty()) {
      return result(call, form, run, options.rows(), Optional.empty());
    }
    if (run.run().state().ended() || run.problem().isPresent()) {
      throw run.problem().map(Problem::thrown).orElseThrow();
    }
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run", runs.json(run));
    return HttpResponse.json(202, json)
        .with("location", call.request().relative("runs/" + id))
        .with("retry-after", "1");
  }

  private HttpResponse run(Call call) {
    Runs.Labelled run = runs.await(call.at("id"), waiting(call));
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run", runs.json(run));
    return HttpResponse.json(200, json);
  }

  private HttpResponse cancel(Call call) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run", runs.json(runs.cancel(call.at("id"))));
    return HttpResponse.json(200, json);
  }

  private HttpResponse results(Call call) {
    Form form = Form.of(call.request());
    String id = call.at("id");
    int rows = number(call.request(), "rows", 1, Body.MOST_ROWS, Body.MOST_ROWS);
    Optional<PageToken> token =
        Optional.ofNullable(call.request().query().get("token"))
            .map(text -> PageToken.of(text, id));
    Runs.Labelled run = runs.await(id, waiting(call));
    run.problem()
        .ifPresent(problem -> {
          throw problem.thrown();
        });
    if (!run.run().state().ended()) {
      throw Problem.of(
              Kind.NOT_FINISHED,
              "Cannot give the result: the run is " + run.run().state(),
              "Ask again a little later, or with waitSeconds.")
          .of(id)
          .thrown();
    }
    return result(call, form, run, rows, token);
  }

  private HttpResponse result(
      Call call, Form form, Runs.Labelled run, int rows, Optional<PageToken> token) {
    boolean first = token.isEmpty();
    Function<ResultPage, HttpResponse> render =
        page -> {
          Optional<String> next =
              page.next().map(athena -> new PageToken(run.run().id(), athena).text());
          return form == Form.CSV ? csv(run, page, first) : json(run, page, next);
        };
    ResultPage page =
        runs.page(
            run,
            rows,
            token,
            each -> render.apply(each).body().getBytes(StandardCharsets.UTF_8).length);
    HttpResponse answer = render.apply(page);
    if (page.next().isEmpty()) {
      return answer;
    }
    String next = new PageToken(run.run().id(), page.next().get()).text();
    String link =
        call.request()
            .relative(
                "runs/"
                    + run.run().id()
                    + "/results?rows="
                    + rows
                    + (form == Form.CSV ? "&format=csv" : "")
                    + "&token="
                    + next);
    return answer.with("link", "<" + link + ">; rel=\"next\"");
  }

  private HttpResponse json(Runs.Labelled run, ResultPage page, Optional<String> next) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run", runs.json(run));
    json.put(
        "columns",
        page.columns().stream()
            .map(column -> Map.of("name", column.name(), "type", column.type()))
            .toList());
    json.put("rows", Results.json(page));
    json.put("nextToken", next.orElse(null));
    return HttpResponse.json(200, json);
  }

  private HttpResponse csv(Runs.Labelled run, ResultPage page, boolean heading) {
    return HttpResponse.of(200, HttpResponse.CSV, Results.csv(page, heading))
        .with("sluice-run", run.run().id())
        .with("sluice-scanned-bytes", Long.toString(run.run().scannedBytes()))
        .with("sluice-cost-dollars", runs.dollars(run.run()).toPlainString());
  }

  private Instant waiting(Call call) {
    int seconds = number(call.request(), "waitSeconds", 0, Body.MOST_WAIT, 0);
    Instant until = clock.instant().plus(Duration.ofSeconds(seconds));
    return until.isBefore(call.until()) ? until : call.until();
  }

  private static int number(HttpRequest request, String name, int least, int most, int instead) {
    String text = request.query().get(name);
    if (text == null) {
      return instead;
    }
    if (text.matches("\\d{1,6}")) {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw Problem.of(
            Kind.INVALID_REQUEST,
            "Cannot answer: " + name + " is to be a whole number from " + least + " to " + most,
            "Correct the request's address.")
        .thrown();
  }

  /** The form of a result. */
  enum Form {
    JSON,
    CSV;

    /**
     * By the parameter {@code format}, else by the header {@code Accept}, whose most wanted form
     * wins.
     */
    static Form of(HttpRequest request) {
      String format = request.query().get("format");
      if (format != null) {
        if (format.equals("json") || format.equals("csv")) {
          return valueOf(format.toUpperCase(Locale.ROOT));
        }
        throw unknown();
      }
      record Wish(Optional<Form> form, double weight) {}
      return Arrays.stream(request.header("accept").orElse("*/*").split(","))
          .map(part -> {
            String[] parts = part.strip().toLowerCase(Locale.ROOT).split("\\s*;\\s*");
            double weight = 1;
            for (String parameter : parts) {
              if (parameter.matches("q=[01](\\.\\d{0,3})?")) {
                weight = Double.parseDouble(parameter.substring(2));
              }
            }
            Optional<Form> form =
                switch (parts.length == 0 ? "" : parts[0]) {
                  case "application/json", "application/*", "*/*" -> Optional.of(JSON);
                  case "text/csv", "text/*" -> Optional.of(CSV);
                  default -> Optional.<Form>empty();
                };
            return new Wish(form, weight);
          })
          .filter(wish -> wish.form().isPresent() && wish.weight() > 0)
          .max(
              Comparator.comparingDouble(Wish::weight)
                  .thenComparing(w -> -w.form().get().ordinal()))
          .flatMap(Wish::form)
          .orElseThrow(Form::unknown);
    }

    private static ProblemException unknown() {
      return Problem.of(
              Kind.NOT_ACCEPTABLE,
              "Cannot answer: results come as application/json or text/csv",
              "Ask with Accept: application/json, Accept: text/csv, or format=csv in the address.")
          .thrown();
    }
  }

  /** The same texts always give the same 64 characters. */
  private static String digest(String... texts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String text : texts) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        sha.update(bytes);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Only what stands in the page itself is run and shown, and it talks to nobody else. */
  private static String policy(String page) {
    String script = page.substring(page.indexOf("<script>") + 8, page.indexOf("</script>"));
    String style = page.substring(page.indexOf("<style>") + 7, page.indexOf("</style>"));
    return "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none';"
        + " frame-ancestors 'none'; script-src '"
        + hash(script)
        + "'; style-src '"
        + hash(style)
        + "'";
  }

  private static String hash(String text) {
    try {
      return "sha256-"
          + Base64.getEncoder()
              .encodeToString(
                  MessageDigest.getInstance("SHA-256")
                      .digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(Api.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
