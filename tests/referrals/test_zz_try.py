import time
def test_world(story):
    from tests.referrals.one_of_everything import build_everything
    t=time.time(); w=build_everything(story); print(time.time()-t)
    for k,v in w.rows.items(): print(k, type(v).__name__, v.pk)
    print(w.secrets)
