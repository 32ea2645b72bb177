/* Pages made from JSON: what stands first, what is marked, what is not shown. */
#include "tests/unit/kube/looking.h"

#include <stdio.h>

#include "base/buf.h"
#include "kube/describe/describe_yaml.h"

#define POD                                                                                        \
    "{'metadata':{'name':'web-1','namespace':'shop','creationTimestamp':'2021-08-27T12:00:00Z',"   \
    "'labels':{'app':'web','tier':'front'},'annotations':{'note':'a\\nb','kubectl.kubernetes.io/"  \
    "last-applied-configuration':'{}'},'ownerReferences':[{'kind':'ReplicaSet','name':'web-rs',"   \
    "'controller':true}]},"                                                                        \
    "'spec':{'nodeName':'n1','serviceAccountName':'web','nodeSelector':{'disk':'ssd'},"            \
    "'tolerations':[{'operator':'Exists'},{'key':'k','value':'v','effect':'NoExecute',"            \
    "'tolerationSeconds':300}],"                                                                   \
    "'initContainers':[{'name':'init','image':'i:1'},{'name':'side','restartPolicy':'Always'}],"   \
    "'containers':[{'name':'web','image':'web:1','args':['-v','x y'],'ports':[{'name':'http',"     \
    "'containerPort':80},{'containerPort':53,'protocol':'UDP'}],'resources':{'limits':{'memory':"  \
    "'128Mi','cpu':'1'}},'livenessProbe':{'httpGet':{'path':'/live','port':80,'scheme':'HTTPS'},"  \
    "'periodSeconds':5},'readinessProbe':{'exec':{'command':['cat','/x']}},'startupProbe':{"       \
    "'tcpSocket':{'port':'http'}},'env':[{'name':'MODE','value':'fast'},{'name':'DB_PASSWORD',"    \
    "'value':'hunter2'},{'name':'DSN','value':'postgres://u:hunter3@db/x'},{'name':'K',"           \
    "'valueFrom':{'secretKeyRef':{'name':'s','key':'k'}}},{'name':'POD','valueFrom':{'fieldRef':{" \
    "'fieldPath':'metadata.name'}}}],'envFrom':[{'configMapRef':{'name':'web-env'}}],"             \
    "'volumeMounts':[{'name':'data','mountPath':'/data','readOnly':true,'subPath':'a'}]}],"        \
    "'volumes':[{'name':'data','persistentVolumeClaim':{'claimName':'web-data'}},{'name':'cfg',"   \
    "'configMap':{'name':'web-cfg'}},{'name':'odd','quobyte':{}},{'name':'tok','projected':{"      \
    "'sources':[{'serviceAccountToken':{}},{'configMap':{'name':'kube-root-ca.crt'}}]}}]},"

static const char crashing[] = POD
    "'status':{'phase':'Running','qosClass':'Burstable','podIPs':[{'ip':'10.0.0.1'},{'ip':'fd::1'}]"
    ",'conditions':[{'type':'Ready','status':'False','reason':'ContainersNotReady','message':"
    "'containers with unready status: [web]','lastTransitionTime':'2021-08-27T12:30:00Z'},{'type':"
    "'PodScheduled','status':'True'}],'containerStatuses':[{'name':'web','restartCount':7,'ready':"
    "false,'state':{'waiting':{'reason':'CrashLoopBackOff','message':'back-off 5m0s'}},"
    "'lastState':{'terminated':{'exitCode':137,'reason':'OOMKilled','finishedAt':'2021-08-27T12:"
    "59:00Z'}}}],'initContainerStatuses':[{'name':'init','ready':true,'state':{'terminated':{"
    "'exitCode':0,'reason':'Completed'}}}]}}";

static void a_pod(void **state)
{
    (void)state;
    struct looking l = looking("pods", crashing);
    const char *head =
        "Pod shop/web-1 [title]\nCrashLoopBackOff: web since 2021-08-27 12:30:00 UTC, 7 "
        "restarts, last exit 137 (OOMKilled) at 2021-08-27 12:59:00 UTC [bad]\n";
    assert_int_equal(strncmp(buf_text(&l.text), head, strlen(head)), 0);
    looking_has(&l, "Namespace: shop -> Namespace//shop\n");
    looking_has(&l, "Created: 2021-08-27 12:00:00 UTC, 60m ago\n");
    looking_has(&l, "Controlled by: ReplicaSet/web-rs -> ReplicaSet/shop/web-rs\n");
    looking_has(&l, "Node: n1 -> Node//n1\n");
    looking_has(&l, "IP: 10.0.0.1, fd::1\n");
    looking_has(&l, "Node selector: disk=ssd\n");
    looking_has(&l, "Tolerates: everything, k=v:NoExecute for 300s\n");
    looking_has(&l, "Labels: \n  app: web\n  tier: front\n");
    looking_has(&l, "Annotations: \n  note: a b\n");
    looking_has_not(&l, "last-applied");
    looking_has(&l,
                "== Conditions\nReady: False for 30m, ContainersNotReady: containers with unready "
                "status: [web] [bad]\nPodScheduled: True [ok]\n");
    looking_has(
        &l, "== Init container init\nState: Terminated: Completed, exit 0 [done]\nReady: yes [ok]\n"
            "Restarts: 0\nImage: i:1\n");
    looking_has(&l, "== Sidecar side\n");
    looking_has(
        &l, "== Container web\nState: Waiting: CrashLoopBackOff: back-off 5m0s [bad]\nLast state: "
            "Terminated: OOMKilled, exit 137 [bad]\n  Finished: 2021-08-27 12:59:00 UTC, 60s ago\n"
            "Ready: no [warn]\nRestarts: 7 [warn]\nImage: web:1\nPorts: 80/TCP (http), 53/UDP\n"
            "Arguments: -v x y\nRequests: none\nLimits: memory 128Mi, cpu 1\n");
    looking_has(&l, "Liveness: https-get :80/live, after 0s, every 5s, within 1s, 3 failures\n");
    looking_has(&l, "Readiness: exec cat /x, after 0s, every 10s, within 1s, 3 failures\n");
    looking_has(&l, "Startup: tcp :http, after 0s");
    looking_has(&l, "== Volumes\ndata: claim web-data -> PersistentVolumeClaim/shop/web-data\n"
                    "cfg: config map web-cfg -> ConfigMap/shop/web-cfg\nodd: quobyte\n"
                    "tok: projected: serviceAccountToken, configMap kube-root-ca.crt\n");
    looking_has(&l, "  /data: data/a, read only\n");
    looking_has(&l, "== Events\nnot allowed [dim]\n");
    looking_done(&l);
}

static void no_secret_of_the_environment(void **state)
{
    (void)state;
    struct looking l = looking("pods", crashing);
    looking_has(&l, "Environment: \n  all of: the config map web-env [dim]\n  MODE: fast\n"
                    "  DB_PASSWORD: (not shown here) [dim]\n  DSN: (not shown here) [dim]\n"
                    "  K: from the secret s/k [dim]\n  POD: from the pod's metadata.name [dim]\n");
    looking_has_not(&l, "hunter");
    looking_done(&l);
    /* Nor in what makes pods. */
    l = looking("cj", "{'metadata':{'name':'c','namespace':'n'},'spec':{'schedule':'@daily',"
                      "'jobTemplate':{'spec':{'backoffLimit':2,'template':{'spec':{'containers':[{"
                      "'name':'a','env':[{'name':'API_TOKEN','value':'hunter4'}]}]}}}}}}");
    looking_has(&l, "== Spec\nschedule: @daily\nbackoffLimit: 2\n== Container a\n");
    looking_has(&l, "API_TOKEN: (not shown here) [dim]\n");
    looking_has_not(&l, "hunter");
    looking_done(&l);
}

static void calm_and_deleted(void **state)
{
    (void)state;
    struct looking l =
        looking("pods", POD "'status':{'phase':'Running','conditions':[{'type':'Ready','status':"
                            "'True'}],'containerStatuses':[{'name':'web','ready':true,'state':{"
                            "'running':{'startedAt':'2021-08-27T12:58:00Z'}}}],"
                            "'initContainerStatuses':[{'name':'side','started':true,'ready':true,"
                            "'state':{'running':{}}}]}}");
    looking_has(&l, "Pod shop/web-1 [title]\nnothing is wrong [ok]\n");
    looking_has(&l, "State: Running [ok]\n  Started: 2021-08-27 12:58:00 UTC, 2m ago\n");
    looking_done(&l);
    l = looking("cm",
                "{'metadata':{'name':'c','namespace':'n','deletionTimestamp':'2021-08-27T12:00:"
                "00Z','finalizers':['x/y','z']}}");
    looking_has(
        &l, "ConfigMap n/c [title]\nbeing deleted since 2021-08-27 12:00:00 UTC, held by x/y, z "
            "[pending]\n");
    looking_has(&l, "Deletion: 2021-08-27 12:00:00 UTC, 60m ago\n");
    looking_done(&l);
}

/* ---- nodes ---- */

static void put(struct objects *t, const char *text)
{
    struct json_doc *doc = json_doc_new();
    char *json = making_quoted(text);
    objects_put(t, kinds_make(objects_kind(t), t, json_parse(doc, json, strlen(json), NULL)));
    free(json);
    json_doc_free(doc);
}

static void a_node(void **state)
{
    struct objects *pods = objects_new(kinds_find("pods"));
    struct describe_page how = {
        .kind = kinds_find("nodes"), .pods = pods, .no_events = "none", .now = LOOKING_NOW};
    static const char node[] =
        "{'metadata':{'name':'n1'},'spec':{'unschedulable':true,'taints':[{'key':'k','effect':"
        "'NoSchedule'}],'providerID':'aws:///i-1'},'status':{'addresses':[{'type':'InternalIP',"
        "'address':'10.0.0.1'}],'capacity':{'cpu':'4','memory':'16Gi'},'allocatable':{'cpu':"
        "'3900m','memory':'15Gi','pods':'58'},'nodeInfo':{'kubeletVersion':'v1.20.2'},'conditions'"
        ":[{'type':'MemoryPressure','status':'True','message':'low'},{'type':'DiskPressure',"
        "'status':'False'},{'type':'Ready','status':'True'}]}}";
    (void)state;
    put(pods, "{'metadata':{'name':'b-2','namespace':'shop'},'spec':{'containers':[{'resources':{"
              "'requests':{'cpu':'500m','memory':'1Gi'},'limits':{'cpu':'8'}}}]},'status':{'phase':"
              "'Running'}}");
    put(pods, "{'metadata':{'name':'a-1','namespace':'shop'},'spec':{'containers':[{'resources':{"
              "'requests':{'cpu':'280m','memory':'512Mi'}}}]},'status':{'phase':'Running'}}");
    put(pods, "{'metadata':{'name':'done','namespace':'shop'},'spec':{'containers':[{'resources':{"
              "'requests':{'cpu':'4'}}}]},'status':{'phase':'Succeeded'}}");
    struct looking l = looking_at(&how, node);
    looking_has(&l, "Node n1 [title]\nMemoryPressure: low; cordoned: takes no new pods [warn]\n");
    looking_has(&l,
                "Unschedulable: yes: cordoned [warn]\nTaints: k:NoSchedule\nInternalIP: 10.0.0.1\n"
                "Provider: aws:///i-1\nKubelet: v1.20.2\n");
    looking_has(&l,
                "MemoryPressure: True: low [bad]\nDiskPressure: False [ok]\nReady: True [ok]\n");
    looking_has(&l, "Capacity: cpu 4, memory 16Gi\nAllocatable: cpu 3900m, memory 15Gi, pods 58\n"
                    "CPU: requests 780m (20%), limits 8000m (205%)\n"
                    "Memory: requests 1536Mi (10%), limits 0Mi (0%)\nPods: 3 of 58\n");
    looking_has(
        &l, "== Pods\nshop/a-1: Running 0/1, restarts 0, requests cpu 280m, memory 512Mi [warn] -> "
            "Pod/shop/a-1\nshop/b-2: Running");
    looking_done(&l);
    how.pods = NULL;
    how.no_pods = "pods are forbidden";
    l = looking_at(&how, node);
    looking_has(&l, "== Pods\npods are forbidden [dim]\n");
    looking_has_not(&l, "requests");
    looking_done(&l);
    objects_free(pods);
}

/* ---- events ---- */

static void events_oldest_first(void **state)
{
    struct objects *events = objects_new(kinds_find("events"));
    struct describe_page how = {.kind = kinds_find("pods"), .events = events, .now = LOOKING_NOW};
    (void)state;
    struct looking l = looking_at(&how, crashing);
    looking_has(&l, "== Events\nnone [dim]\n");
    looking_done(&l);
    put(events, "{'metadata':{'name':'b','namespace':'shop'},'type':'Warning','reason':'BackOff',"
                "'message':'restarting\\nfailed container','count':9,'source':{'component':"
                "'kubelet','host':'n1'},'lastTimestamp':'2021-08-27T12:59:30Z'}");
    put(events, "{'metadata':{'name':'a','namespace':'shop'},'type':'Normal','reason':'Pulled',"
                "'message':'pulled','count':1,'lastTimestamp':'2021-08-27T12:00:00Z'}");
    l = looking_at(&how, crashing);
    looking_has(
        &l,
        "== Events\nPulled: 60m ago: pulled\nBackOff:  [warn]\n  30s ago, 9 times, kubelet, n1: "
        "restarting [warn]\n  failed container [warn]\n");
    looking_done(&l);
    for (int i = 0; i < 150; i++) {
        char *text =
            mem_printf("{'metadata':{'name':'e%d','namespace':'shop'},'reason':'R%d'}", i, i);
        put(events, text);
        free(text);
    }
    l = looking_at(&how, crashing);
    looking_has(&l, "52 older ones are left out [dim]\n");
    looking_done(&l);
    objects_free(events);
}

/* ---- any kind ---- */

static void a_kind_of_the_servers(void **state)
{
    static const struct kind widgets = {.name = "widgets",
                                        .singular = "widget",
                                        .api = "/apis/example.org/v1",
                                        .object_kind = "Widget",
                                        .namespaced = true};
    struct describe_page how = {.kind = &widgets, .no_events = "none", .now = LOOKING_NOW};
    (void)state;
    struct looking l = looking_at(
        &how, "{'apiVersion':'example.org/v1','kind':'Widget','metadata':{'name':'w','namespace':"
              "'n'},'spec':{'size':3,'on':true,'list':['a',{'b':{'c':null}}],'empty':{}},'status':{"
              "'phase':'Odd','conditions':[{'type':'Ready','status':'False','reason':'NoFuel',"
              "'message':'tank is empty'}]},'extra':{'x':'y'}}");
    looking_has(&l, "Widget n/w [title]\nnot Ready: NoFuel: tank is empty [bad]\n");
    looking_has(&l, "== Spec\nsize: 3\non: true\nlist: \n  - a\n  - [dim]\n    b: \n      c: null\n"
                    "empty: {}\n== Status\nphase: Odd\n== extra\n");
    looking_has(&l, "  x: y\n");
    looking_done(&l);
}

static void a_config_map_is_counted(void **state)
{
    (void)state;
    struct looking l =
        looking("cm", "{'metadata':{'name':'c','namespace':'n'},'data':{'a':'hidden','b':"
                      "'h'},'binaryData':{'z':'aGlk'}}");
    looking_has(&l, "ConfigMap n/c [title]\nnothing is wrong [ok]\n");
    looking_has(&l,
                "== Data\na: 6 bytes [dim]\nb: 1 byte [dim]\n== Binary data\nz: 4 bytes [dim]\n");
    looking_has_not(&l, "hidden");
    looking_done(&l);
}

static void a_workload(void **state)
{
    (void)state;
    struct looking l =
        looking("deploy", "{'metadata':{'name':'d','namespace':'n'},'spec':{'replicas':2,"
                          "'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{"
                          "'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':"
                          "'i'}]}}},'status':{'readyReplicas':1,'updatedReplicas':2,"
                          "'replicas':2,'availableReplicas':1}}");
    looking_has(&l, "Deployment n/d [title]\n1 of 2 unavailable [warn]\n");
    looking_has(
        &l, "READY: 1/2\nUP-TO-DATE: 2\nAVAILABLE: 1\nCONTAINERS: c\nIMAGES: i\nSELECTOR: a=b\n");
    looking_has(&l, "== Container c\nImage: i\nRequests: none\n");
    looking_done(&l);
}

static void nothing_breaks_a_page(void **state)
{
    static const char *const texts[] = {
        "{}", "{'metadata':7,'spec':[],'status':'x'}",
        ("{'metadata':{'name':'x','ownerReferences':{},'labels':[1],'annotations':null},'spec':{"
         "'containers':{'a':1},'volumes':[7,{}],'tolerations':[[]]},'status':{'conditions':[7,{}],"
         "'containerStatuses':7}}"),
        ("{'metadata':{'name':'\\u001b[2J'},'spec':{'containers':[{'env':[7,{}],'ports':[7],"
         "'livenessProbe':{},'volumeMounts':[7],'envFrom':[7]}]}}")};
    static const char *const kinds[] = {"pods", "nodes", "deploy", "cm", "events", "cj"};
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            struct looking l = looking(kinds[k], texts[i]);
            assert_true(page_count(l.page) > 2);
            looking_done(&l);
        }
    struct buf deep;
    buf_init(&deep, 1 << 16);
    buf_adds(&deep, "{'spec':");
    for (int i = 0; i < 150; i++)
        buf_adds(&deep, "{'a':");
    buf_adds(&deep, "1");
    for (int i = 0; i < 151; i++)
        buf_addc(&deep, '}');
    struct looking l = looking("deploy", buf_text(&deep));
    assert_true(page_count(l.page) < 40);
    looking_done(&l);
    buf_free(&deep);
}

/* ---- YAML ---- */

static void yaml_with_its_managers_folded(void **state)
{
    struct err err;
    char *json = making_quoted(
        "{'metadata':{'name':'x','managedFields':[{'manager':'kubectl'},{'manager':'k'}],'labels':{"
        "'a: b':'c: d','e':'12'}},'data':{'script':'one: two\\n  three: 3\\n','url':'http://x'},"
        "'list':[{'k':'v'},'w'],'status':{}}");
    (void)state;
    struct looking l = {.doc = json_doc_new()};
    l.page = describe_yaml(kinds_find("cm"), str_of(json), false, &err);
    assert_non_null(l.page);
    looking_print(&l);
    assert_string_equal(buf_text(&l.text), "apiVersion: v1\n"
                                           "data:\n"
                                           "  script: |\n"
                                           "    one: two\n"
                                           "      three: 3\n"
                                           "  url: http://x\n"
                                           "kind: ConfigMap\n"
                                           "list:\n"
                                           "- k: v\n"
                                           "- w\n"
                                           "metadata:\n"
                                           "  labels:\n"
                                           "    'a: b': 'c: d'\n"
                                           "    e: \"12\"\n"
                                           "  name: x\n"
                                           "status: {}\n"
                                           "# metadata.managedFields of 2 managers are not shown "
                                           "[dim]\n");
    const struct page_line *quoted = page_at(l.page, 12), *block = page_at(l.page, 3),
                           *url = page_at(l.page, 5), *item = page_at(l.page, 8);
    assert_string_equal(quoted->key, "    'a: b':");
    assert_string_equal(block->key, ""); /* text, although it looks like a key */
    assert_int_equal(block->role, PAGE_DIM);
    assert_string_equal(url->key, "  url:");
    assert_string_equal(item->key, "- k:");
    looking_done(&l);
    free(json);
    assert_null(describe_yaml(kinds_find("cm"), str_of("{\"a\":"), false, &err));
    assert_int_equal(err.kind, ERR_PROTOCOL);
}

static int set_up(void **state)
{
    (void)state;
    return setenv("TZ", "UTC", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pod),
        cmocka_unit_test(no_secret_of_the_environment),
        cmocka_unit_test(calm_and_deleted),
        cmocka_unit_test(a_node),
        cmocka_unit_test(events_oldest_first),
        cmocka_unit_test(a_kind_of_the_servers),
        cmocka_unit_test(a_config_map_is_counted),
        cmocka_unit_test(a_workload),
        cmocka_unit_test(nothing_breaks_a_page),
        cmocka_unit_test(yaml_with_its_managers_folded),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
