/* What stands near an object on its page: who answers, who made it, who uses it, where it leads. */
#include "tests/unit/kube/looking.h"

/* The page with its near lists; NULL: refused. */
static struct looking near(const char *kind, const char *object, const char *first,
                           const char *second)
{
    struct describe_page how = {.kind = kinds_find(kind), .no_events = "none", .now = LOOKING_NOW};
    const char *const lists[] = {first, second};
    struct json_doc *docs[DESCRIBE_NEAR_MOST];
    for (size_t i = 0; i < DESCRIBE_NEAR_MOST; i++) {
        docs[i] = json_doc_new();
        how.near[i].what = describe_near_of(how.kind, i);
        how.near[i].why = "it is forbidden";
        char *json = lists[i] ? making_quoted(lists[i]) : NULL;
        if (json)
            how.near[i].list = json_parse(docs[i], json, strlen(json), NULL);
        assert_true(!json || how.near[i].list);
        free(json);
    }
    struct looking l = looking_at(&how, object);
    for (size_t i = 0; i < DESCRIBE_NEAR_MOST; i++)
        json_doc_free(docs[i]);
    return l;
}

#define DEPLOYMENT                                                                                 \
    "{'metadata':{'name':'web','namespace':'shop','uid':'d','annotations':{'deployment.kubernetes" \
    ".io/"                                                                                         \
    "revision':'12'}},'spec':{'replicas':2,'selector':{'matchLabels':{'app':'web'}}},'status':"    \
    "{'replicas':2,'updatedReplicas':1,'readyReplicas':1,'availableReplicas':1,'conditions':[{"    \
    "'type':'Progressing','status':'False','reason':'ProgressDeadlineExceeded'}]}}"
#define SET(name, revision, wanted, ready, image)                                                  \
    "{'metadata':{'name':'" name                                                                   \
    "','namespace':'shop','creationTimestamp':'2021-08-27T12:00:00Z',"                             \
    "'annotations':{'deployment.kubernetes.io/revision':'" revision                                \
    "'}},'spec':{'replicas':" wanted ",'template':{'spec':{'containers':[{'image':'" image         \
    "'}]}}},'status':{'replicas':" wanted ",'readyReplicas':" ready "}}"

static void a_deployment_its_sets_and_pods(void **state)
{
    (void)state;
    struct looking l = near(
        "deploy", DEPLOYMENT,
        "[" SET("web-9", "9", "0", "0", "web:9") "," SET(
            "web-11", "11", "1", "1", "web:11") "," SET("web-10", "10", "0", "0",
                                                        "web:10") "," SET("web-12", "12", "1", "0",
                                                                          "web:12") "]",
        "[{'metadata':{'name':'web-11-a','namespace':'shop'},'spec':{'nodeName':'n1','containers':["
        "{'name':'c'}]},'status':{'phase':'Running','conditions':[{'type':'Ready','status':'True'}]"
        ",'containerStatuses':[{'name':'c','ready':true,'state':{'running':{}}}]}},"
        "{'metadata':{'name':'web-12-b','namespace':'shop'},'spec':{'nodeName':'n2','containers':["
        "{'name':'c'}]},'status':{'phase':'Pending','containerStatuses':[{'name':'c','restartCount'"
        ":1,'state':{'waiting':{'reason':'ImagePullBackOff','message':'no such image'}}}]}}]");
    looking_has(&l, "Deployment shop/web [title]\nProgressDeadlineExceeded; 1 of 2 updated; 1 of 2 "
                    "unavailable; pod web-12-b: ImagePullBackOff");
    looking_has(&l, "== Replica sets\n"
                    "web-12: new, revision 12: 0 of 1 ready, web:12, 60m old [bad] -> "
                    "ReplicaSet/shop/web-12\n"
                    "web-11: old, revision 11: 1 of 1 ready, web:11, 60m old [ok] -> "
                    "ReplicaSet/shop/web-11\n"
                    "web-10: old, revision 10: 0 of 0 ready, web:10, 60m old [done]");
    looking_has(&l, "web-9: old, revision 9");
    looking_has(&l, "== Pods\n1 ImagePullBackOff, 1 Running\n"
                    "web-12-b: ImagePullBackOff 0/1, 1 restart, on n2 [bad] -> Pod/shop/web-12-b\n"
                    "web-11-a: Running 1/1, on n1 [ok] -> Pod/shop/web-11-a\n");
    looking_done(&l);
    l = near("deploy", DEPLOYMENT, NULL, "[]");
    looking_has(&l, "== Replica sets\nit is forbidden [dim]\n== Pods\nnone [dim]\n");
    looking_done(&l);
}

#define SERVICE                                                                                    \
    "{'metadata':{'name':'web','namespace':'shop'},'spec':{'type':'ClusterIP','clusterIP':"        \
    "'10.0.0.1','selector':{'app':'web'}}}"

static void a_service_and_who_answers(void **state)
{
    (void)state;
    struct looking l = near(
        "svc", SERVICE,
        "[{'ports':[{'port':80},{'port':443},{'name':'any'}],'endpoints':[{'addresses':["
        "'10.1.0.1'],'conditions':{'ready':false},'targetRef':{'kind':'Pod','namespace':'shop',"
        "'name':'web-2'},'nodeName':'n2'},{'addresses':['10.1.0.2'],'targetRef':{'kind':'Pod',"
        "'namespace':'shop','name':'web-1'},'topology':{'kubernetes.io/hostname':'n1'}},{"
        "'addresses':['10.1.0.3'],'conditions':{'ready':false,'terminating':true}}]}]",
        NULL);
    looking_has(&l, "Service shop/web [title]\nnothing is wrong [ok]\n");
    looking_has(&l, "== Endpoints\n1 ready, 2 not ready\n"
                    "10.1.0.2:80,443: ready, Pod web-1 on n1 [ok] -> Pod/shop/web-1\n"
                    "10.1.0.1:80,443: not ready, Pod web-2 on n2 [warn] -> Pod/shop/web-2\n"
                    "10.1.0.3:80,443: terminating [pending]\n");
    looking_done(&l);
    /* The Endpoints that were before the slices. */
    l = near("svc", SERVICE,
             "[{'subsets':[{'notReadyAddresses':[{'ip':'10.1.0.4'}],'ports':[{'port':80}]}]}]",
             NULL);
    looking_has(&l, "nobody answers: none of its 1 endpoint is ready [warn]\n");
    looking_has(&l, "0 ready, 1 not ready\n10.1.0.4:80: not ready [warn]\n");
    looking_done(&l);
    l = near("svc", SERVICE, "[]", NULL);
    looking_has(&l, "nobody answers: no pod is behind its selector [warn]\n");
    looking_done(&l);
    /* Nothing is concluded from what is not known, nor of a service whose endpoints others write. */
    l = near("svc", SERVICE, NULL, NULL);
    looking_has(&l, "nothing is wrong [ok]\n");
    looking_has(&l, "== Endpoints\nit is forbidden [dim]\n");
    looking_done(&l);
    l = near("svc", "{'metadata':{'name':'web','namespace':'shop'},'spec':{'clusterIP':'None'}}",
             "[]", NULL);
    looking_has(&l, "nothing is wrong [ok]\n");
    looking_done(&l);
}

static void which_are_meant(void **state)
{
    (void)state;
    struct json_doc *one = json_doc_new(), *other = json_doc_new();
    const struct describe_near *used = describe_near_of(kinds_find("pvc"), 0),
                               *jobs = describe_near_of(kinds_find("cj"), 0),
                               *slices = describe_near_of(kinds_find("svc"), 0),
                               *sets = describe_near_of(kinds_find("deploy"), 0);
    static const char claim[] = "{\"metadata\":{\"name\":\"data\",\"uid\":\"u1\"},\"spec\":{"
                                "\"selector\":{\"matchLabels\":{\"a\":\"b\"}}}}",
                      external[] = "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"type\":"
                                   "\"ExternalName\"}}",
                      pod[] = "{\"spec\":{\"volumes\":[{},{\"persistentVolumeClaim\":{"
                              "\"claimName\":\"data\"}}]},\"metadata\":{\"ownerReferences\":[{"
                              "\"uid\":\"u0\"},{\"uid\":\"u1\"}]}}";
    const struct json *object = json_parse(one, claim, sizeof claim - 1, NULL),
                      *element = json_parse(other, pod, sizeof pod - 1, NULL);
    struct buf labels;
    buf_init(&labels, 1000);
    assert_true(used->admits(object, element));
    assert_true(jobs->admits(object, element));
    assert_true(sets->select(&labels, object));
    assert_string_equal(buf_text(&labels), "a=b");
    buf_clear(&labels);
    assert_true(slices->select(&labels, object));
    assert_string_equal(buf_text(&labels), "kubernetes.io/service-name=data");
    element = json_parse(other, "{}", 2, NULL);
    assert_false(used->admits(object, element));
    assert_false(jobs->admits(object, element));
    object = json_parse(one, external, sizeof external - 1, NULL);
    assert_false(slices->select(&labels, object));
    assert_null(describe_near_of(kinds_find("cm"), 0));
    assert_null(describe_near_of(kinds_find("svc"), 2));
    buf_free(&labels);
    json_doc_free(one);
    json_doc_free(other);
}

static void jobs_of_a_cron_job(void **state)
{
    (void)state;
    struct looking l = near(
        "cj", "{'metadata':{'name':'c','namespace':'n'},'spec':{'schedule':'@daily'}}",
        "[{'metadata':{'name':'c-1','namespace':'n','creationTimestamp':'2021-08-27T11:00:00Z'"
        "},'spec':{'completions':1},'status':{'succeeded':1,'startTime':'2021-08-27T11:00:00Z',"
        "'completionTime':'2021-08-27T11:00:09Z','conditions':[{'type':'Complete','status':"
        "'True'}]}},{'metadata':{'name':'c-2','namespace':'n','creationTimestamp':'2021-08-27T"
        "12:00:00Z'},'spec':{'completions':1},'status':{'failed':1,'conditions':[{'type':"
        "'Failed','status':'True','reason':'BackoffLimitExceeded'}]}}]",
        NULL);
    looking_has(&l, "== Jobs\nc-2: Failed 0/1: BackoffLimitExceeded, 60m old [bad] -> Job/n/c-2\n"
                    "c-1: Complete 1/1 in 9s, 120m old [done] -> Job/n/c-1\n");
    looking_done(&l);
    l = near("jobs",
             "{'metadata':{'name':'j','namespace':'n'},'status':{'active':2,'ready':1,"
             "'succeeded':3,'failed':1}}",
             "[]", NULL);
    looking_has(&l, "Pods: 2 active (1 ready), 3 succeeded, 1 failed [warn]\n");
    looking_done(&l);
}

static void where_it_leads(void **state)
{
    (void)state;
    struct looking l = near(
        "ing",
        "{'metadata':{'name':'i','namespace':'n'},'spec':{'ingressClassName':'nginx',"
        "'defaultBackend':{'service':{'name':'rest','port':{'name':'http'}}},'rules':[{'host':"
        "'a.example.com','http':{'paths':[{'path':'/api','backend':{'service':{'name':'api','port':"
        "{'number':80}}}},{'backend':{'serviceName':'old','servicePort':'web'}},{'path':'/"
        "s','backend"
        "':{'resource':{'kind':'Bucket','name':'b'}}}]}},{'host':'b.example.com'}]}}",
        NULL, NULL);
    looking_has(&l, "CLASS: nginx -> IngressClass//nginx\n");
    looking_has(&l, "== Rules\na.example.com/api: service api:80 -> Service/n/api\n"
                    "a.example.com/: service old:web -> Service/n/old\n"
                    "a.example.com/s: Bucket b -> Bucket/n/b\n"
                    "b.example.com: the default backend [dim]\n"
                    "everything else: service rest:http -> Service/n/rest\n");
    looking_done(&l);
    l = near("hpa",
             "{'metadata':{'name':'h','namespace':'n'},'spec':{'maxReplicas':3,'scaleTargetRef':{"
             "'kind':'Rollout','name':'web'}}}",
             NULL, NULL);
    looking_has(&l, "REFERENCE: Rollout/web -> Rollout/n/web\n");
    looking_done(&l);
    l = near("pv",
             "{'metadata':{'name':'p'},'spec':{'claimRef':{'namespace':'n','name':'c'},"
             "'storageClassName':'fast'}}",
             NULL, NULL);
    looking_has(&l, "CLAIM: n/c -> PersistentVolumeClaim/n/c\n");
    looking_has(&l, "STORAGECLASS: fast -> StorageClass//fast\n");
    looking_done(&l);
    l = near("ev",
             "{'metadata':{'name':'e','namespace':'n'},'involvedObject':{'kind':'Node','name':"
             "'n1'},'lastTimestamp':'2021-08-27T12:00:00Z'}",
             NULL, NULL);
    looking_has(&l, "LAST SEEN: 2021-08-27 12:00:00 UTC, 60m ago\n");
    looking_has(&l, "OBJECT: node/n1 -> Node//n1\n");
    looking_done(&l);
}

static int set_up(void **state)
{
    (void)state;
    return setenv("TZ", "UTC", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deployment_its_sets_and_pods),
        cmocka_unit_test(a_service_and_who_answers),
        cmocka_unit_test(which_are_meant),
        cmocka_unit_test(jobs_of_a_cron_job),
        cmocka_unit_test(where_it_leads),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
